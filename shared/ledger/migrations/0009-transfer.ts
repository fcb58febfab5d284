/**
 * The most frequent movement, one amount from one player to another, as a function of its own. What it costs less:
 * its parts come as parameters and need no JSON to be read and no sides to be worked out; entries are inserted as
 * VALUES, because each array that is unnested in FROM takes a tuplestore, and together those took more memory at once
 * than malloc keeps, so that every call got its pages from the kernel anew and gave them back.
 *
 * Both ways record the same transaction for the same request: a repetition may come by the other one.
 */
export const sql = `
-- As ledger.settle with one leg. p_told_by: as toldBy of a request. What is not usual is left to the careful way.
CREATE FUNCTION ledger.transfer(p_id text, p_hash text, p_kind text, p_reason text, p_memo jsonb, p_told_by text,
                                p_currency text, p_from text, p_to text, p_amount bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_first text := p_from;
  v_second text := p_to;
  v_net bigint := -p_amount;
  v_id bigint;
  v_posted bigint;
  v_held bigint;
  v_ver bigint;
  v_other_id bigint;
  v_other_posted bigint;
  v_other_held bigint;
  v_other_ver bigint;
  v_decision jsonb;
  v_request jsonb;
BEGIN
  -- In the order of the keys, as everywhere.
  IF p_from COLLATE "C" > p_to COLLATE "C" THEN
    v_first := p_to;
    v_second := p_from;
    v_net := p_amount;
  END IF;
  IF p_from = p_to THEN
    NULL;
  ELSIF v_net < 0 THEN
    UPDATE ledger.account SET posted = posted + v_net, ver = ver + 1
     WHERE owner = v_first AND currency = p_currency AND posted + v_net >= held
    RETURNING id, posted, held, ver INTO v_id, v_posted, v_held, v_ver;
    IF FOUND THEN
      UPDATE ledger.account SET posted = posted - v_net, ver = ver + 1
       WHERE owner = v_second AND currency = p_currency
         AND posted - v_net <= (SELECT cap FROM ledger.currency WHERE id = p_currency)
      RETURNING id, posted, held, ver INTO v_other_id, v_other_posted, v_other_held, v_other_ver;
    END IF;
  ELSE
    UPDATE ledger.account SET posted = posted + v_net, ver = ver + 1
     WHERE owner = v_first AND currency = p_currency
       AND posted + v_net <= (SELECT cap FROM ledger.currency WHERE id = p_currency)
    RETURNING id, posted, held, ver INTO v_id, v_posted, v_held, v_ver;
    IF FOUND THEN
      UPDATE ledger.account SET posted = posted - v_net, ver = ver + 1
       WHERE owner = v_second AND currency = p_currency AND posted - v_net >= held
      RETURNING id, posted, held, ver INTO v_other_id, v_other_posted, v_other_held, v_other_ver;
    END IF;
  END IF;

  IF v_other_id IS NOT NULL THEN
    -- As text, which is faster than jsonb_build_object; owners and currency are those of rows, and need no escape.
    INSERT INTO ledger.txn (id, operation, request_hash, kind, reason, memo, legs, decision)
    VALUES (p_id, 'settle', p_hash, p_kind, p_reason, p_memo,
            concat('[{"currency":"', p_currency, '","from":"', p_from, '","to":"', p_to, '","amount":"', p_amount,
                   '"}]')::jsonb,
            concat('{"state":"COMMITTED","balances":[{"owner":"', v_first, '","currency":"', p_currency,
                   '","posted":"', v_posted, '","held":"', v_held, '","amount":"', v_net, '","version":', v_ver,
                   '},{"owner":"', v_second, '","currency":"', p_currency, '","posted":"', v_other_posted,
                   '","held":"', v_other_held, '","amount":"', -v_net, '","version":', v_other_ver,
                   '}]}')::jsonb)
    ON CONFLICT (id) DO NOTHING
    RETURNING decision INTO v_decision;
    IF FOUND THEN
      INSERT INTO ledger.entry (account, ver, txn, amount, bal, at)
      VALUES (v_id, v_ver, p_id, v_net, v_posted, v_now),
             (v_other_id, v_other_ver, p_id, -v_net, v_other_posted, v_now);
      IF p_told_by IS DISTINCT FROM 'caller' THEN
        INSERT INTO ledger.outbox (txn, at) VALUES (p_id, v_now);
      END IF;
      RETURN v_decision;
    END IF;
    UPDATE ledger.account SET posted = posted + v_net, ver = ver - 1 WHERE id = v_other_id;
  END IF;
  IF v_id IS NOT NULL THEN
    UPDATE ledger.account SET posted = posted - v_net, ver = ver - 1 WHERE id = v_id;
  END IF;
  v_request := jsonb_strip_nulls(jsonb_build_object(
    'id', p_id, 'requestHash', p_hash, 'kind', p_kind, 'reason', p_reason, 'toldBy', p_told_by));
  IF p_memo IS NOT NULL THEN v_request := v_request || jsonb_build_object('memo', p_memo); END IF;
  RETURN ledger.move_carefully(v_request, 'settle', jsonb_build_array(jsonb_build_object(
    'currency', p_currency, 'from', p_from, 'to', p_to, 'amount', p_amount::text)));
END $$;

-- Other movements: the same, but that entries come from a list of numbers instead of unnested arrays.
CREATE OR REPLACE FUNCTION ledger.move(p_request jsonb, p_operation ledger.operation, p_legs jsonb,
                                       p_hold text DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_id text := p_request->>'id';
  v_now timestamptz := clock_timestamp();
  v_owners text[];
  v_currencies text[];
  v_nets bigint[];
  v_system_accounts text[];
  v_system_currencies text[];
  v_system_nets bigint[];
  v_owner text;
  v_currency text;
  v_net bigint;
  v_account bigint;
  v_posted bigint;
  v_held bigint;
  v_ver bigint;
  v_accounts bigint[] := '{}';
  v_balances bigint[] := '{}';
  v_vers bigint[] := '{}';
  v_told text := '';
  v_decision jsonb;
BEGIN
  IF p_hold IS NOT NULL THEN RETURN ledger.move_carefully(p_request, p_operation, p_legs, p_hold); END IF;
  SELECT * INTO v_owners, v_currencies, v_nets, v_system_accounts, v_system_currencies, v_system_nets
    FROM ledger.parts(p_legs);

  FOR i IN 1..cardinality(v_owners) LOOP
    v_owner := v_owners[i];
    v_currency := v_currencies[i];
    v_net := v_nets[i];
    IF v_net < 0 THEN
      UPDATE ledger.account SET posted = posted + v_net, ver = ver + 1
       WHERE owner = v_owner AND currency = v_currency AND posted + v_net >= held
      RETURNING id, posted, held, ver INTO v_account, v_posted, v_held, v_ver;
    ELSE
      UPDATE ledger.account SET posted = posted + v_net, ver = ver + 1
       WHERE owner = v_owner AND currency = v_currency
         AND posted + v_net <= (SELECT cap FROM ledger.currency WHERE id = v_currency)
      RETURNING id, posted, held, ver INTO v_account, v_posted, v_held, v_ver;
    END IF;
    EXIT WHEN NOT FOUND;
    v_accounts[i] := v_account;
    v_balances[i] := v_posted;
    v_vers[i] := v_ver;
    -- As text, which is faster than jsonb_build_object; owner and currency are those of a row, and need no escape.
    v_told := v_told || CASE i WHEN 1 THEN '' ELSE ',' END || '{"owner":"' || v_owner || '","currency":"' || v_currency
      || '","posted":"' || v_posted || '","held":"' || v_held || '","amount":"' || v_net || '","version":' || v_ver || '}';
  END LOOP;

  IF cardinality(v_accounts) = cardinality(v_owners) THEN
    v_decision := '{"state":"COMMITTED","balances":[' || v_told || ']}';
    INSERT INTO ledger.txn (id, operation, request_hash, kind, reason, memo, legs, decision)
    VALUES (v_id, p_operation, p_request->>'requestHash', p_request->>'kind', p_request->>'reason', p_request->'memo',
            p_legs, v_decision)
    ON CONFLICT (id) DO NOTHING;
    IF FOUND THEN
      IF v_system_accounts IS NOT NULL THEN
        INSERT INTO ledger.system_entry (txn, account, currency, amount, at)
        SELECT v_id, v_system_accounts[i], v_system_currencies[i], v_system_nets[i], v_now
          FROM (SELECT generate_series(1, cardinality(v_system_accounts)) AS i) AS n;
      END IF;
      IF cardinality(v_accounts) = 0 THEN RETURN v_decision; END IF;
      INSERT INTO ledger.entry (account, ver, txn, amount, bal, at)
      SELECT v_accounts[i], v_vers[i], v_id, v_nets[i], v_balances[i], v_now
        FROM (SELECT generate_series(1, cardinality(v_accounts)) AS i) AS n;
      IF p_request->>'toldBy' IS DISTINCT FROM 'caller' THEN
        INSERT INTO ledger.outbox (txn, at) VALUES (v_id, v_now);
      END IF;
      RETURN v_decision;
    END IF;
  END IF;

  FOR i IN 1..cardinality(v_accounts) LOOP
    v_net := v_nets[i];
    v_account := v_accounts[i];
    UPDATE ledger.account SET posted = posted - v_net, ver = ver - 1 WHERE id = v_account;
  END LOOP;
  RETURN ledger.move_carefully(p_request, p_operation, p_legs);
END $$;

-- By the keys, also in a session whose plans were made when the tables were small: its first call decides for all. The
-- guards of what is inserted run within.
ALTER FUNCTION ledger.transfer SET enable_seqscan = off;
ALTER FUNCTION ledger.settle SET enable_seqscan = off;

REVOKE ALL ON FUNCTION ledger.transfer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.transfer TO ledger_app;
`;
