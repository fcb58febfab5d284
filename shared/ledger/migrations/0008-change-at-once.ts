/**
 * The usual movement of money in a third fewer statements. Each account is locked, looked at and changed by one UPDATE, in
 * the order of the keys, and the condition of that UPDATE is the look at the funds. Whatever is not usual (an account that
 * there is not yet, too little money, too much, an id that is decided) undoes in the same transaction what was changed, and
 * is left to the careful way, which is unchanged and holds the same locks by then. A hold that closes takes that way as well.
 *
 * A table's CHECK is read and compiled anew by every statement, a domain's once a session, and a condition in a trigger
 * that runs anyway costs nothing: hence the checks of transactions and entries go there. None is dropped.
 */
export const sql = `
ALTER FUNCTION ledger.move(jsonb, ledger.operation, jsonb, text) RENAME TO move_carefully;

-- What legs add up to: for each account of a player in the order of the keys, and for each of the system.
CREATE FUNCTION ledger.parts(p_legs jsonb, OUT owners text[], OUT currencies text[], OUT nets bigint[],
                             OUT system_accounts text[], OUT system_currencies text[], OUT system_nets bigint[])
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
  v_from text := p_legs->0->>'from';
  v_to text := p_legs->0->>'to';
  v_amount bigint := p_legs->0->>'amount';
BEGIN
  IF jsonb_array_length(p_legs) = 1 AND v_from <> v_to AND NOT starts_with(v_from, 'system.')
     AND NOT starts_with(v_to, 'system.') THEN
    currencies := ARRAY[p_legs->0->>'currency', p_legs->0->>'currency'];
    IF v_from COLLATE "C" < v_to COLLATE "C" THEN
      owners := ARRAY[v_from, v_to];
      nets := ARRAY[-v_amount, v_amount];
    ELSE
      owners := ARRAY[v_to, v_from];
      nets := ARRAY[v_amount, -v_amount];
    END IF;
    RETURN;
  END IF;
  SELECT coalesce(array_agg(owner ORDER BY owner, currency) FILTER (WHERE NOT of_system), '{}'),
         coalesce(array_agg(currency ORDER BY owner, currency) FILTER (WHERE NOT of_system), '{}'),
         coalesce(array_agg(net ORDER BY owner, currency) FILTER (WHERE NOT of_system), '{}'),
         array_agg(owner ORDER BY owner, currency) FILTER (WHERE of_system),
         array_agg(currency ORDER BY owner, currency) FILTER (WHERE of_system),
         array_agg(net ORDER BY owner, currency) FILTER (WHERE of_system)
    INTO owners, currencies, nets, system_accounts, system_currencies, system_nets
    FROM (SELECT owner, currency, net, starts_with(owner, 'system.') AS of_system FROM ledger.sums(p_legs)) AS part;
END $$;

-- p_hold: an open hold whose money is free for these legs, and which closes with them. Runs inside of functions that
-- have set their search path.
CREATE FUNCTION ledger.move(p_request jsonb, p_operation ledger.operation, p_legs jsonb, p_hold text DEFAULT NULL)
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
        SELECT v_id, account, currency, net, v_now
          FROM unnest(v_system_accounts, v_system_currencies, v_system_nets) AS n(account, currency, net);
      END IF;
      IF cardinality(v_accounts) = 0 THEN RETURN v_decision; END IF;
      INSERT INTO ledger.entry (account, ver, txn, amount, bal, at)
      SELECT account, ver, v_id, net, bal, v_now
        FROM unnest(v_accounts, v_vers, v_nets, v_balances) AS n(account, ver, net, bal);
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

-- Looked up by subqueries, which go by the keys however small the tables were when this was planned; a join does not.
-- Runs as whoever inserts: only the owner of the tables may.
CREATE OR REPLACE FUNCTION ledger.check_entries() RETURNS trigger LANGUAGE plpgsql SECURITY INVOKER AS $$
DECLARE
  v_all_continue boolean;
  v_is_uniform boolean;
  v_sum bigint;
  v_txn text;
BEGIN
  SELECT bool_and(continues AND currency IS NOT NULL), min(txn) = max(txn) AND min(currency) = max(currency),
         sum(amount), min(txn)
    INTO v_all_continue, v_is_uniform, v_sum, v_txn
    FROM (
      SELECT e.txn, e.amount,
             (SELECT a.currency FROM ledger.account a
               WHERE a.id = e.account AND a.ver = e.ver AND a.posted = e.bal) AS currency,
             (e.ver > 0 AND e.amount <> 0 AND e.bal >= 0
              AND e.bal - e.amount = CASE e.ver
                WHEN 1 THEN 0
                ELSE (SELECT b.bal FROM ledger.entry b WHERE b.account = e.account AND b.ver = e.ver - 1) END
              AND (SELECT t.xmin = pg_current_xact_id()::xid FROM ledger.txn t WHERE t.id = e.txn)) IS TRUE AS continues
        FROM added e
      OFFSET 0
    ) AS seen;
  IF NOT v_all_continue THEN
    RAISE EXCEPTION 'an entry of transaction % does not continue the chain of its account', v_txn
      USING ERRCODE = 'LG003';
  END IF;
  IF v_sum = 0 AND v_is_uniform THEN RETURN NULL; END IF;
  SELECT e.txn INTO v_txn FROM added e JOIN ledger.account a ON a.id = e.account
   WHERE NOT EXISTS (SELECT FROM ledger.system_entry s WHERE s.txn = e.txn)
   GROUP BY e.txn, a.currency HAVING sum(e.amount) <> 0 LIMIT 1;
  IF FOUND THEN RAISE EXCEPTION 'transaction % does not balance', v_txn USING ERRCODE = 'LG002'; END IF;
  RETURN NULL;
END $$;
ALTER FUNCTION ledger.check_entries() RESET ALL;
ALTER TABLE ledger.entry
  DROP CONSTRAINT entry_ver_check, DROP CONSTRAINT entry_amount_check, DROP CONSTRAINT entry_bal_check;

CREATE DOMAIN ledger.transaction_id AS text COLLATE "C" CHECK (length(VALUE) = 30 AND left(VALUE, 4) = 'txn_');
CREATE DOMAIN ledger.decision AS jsonb CHECK (VALUE->>'state' IN ('COMMITTED', 'REJECTED', 'ABORTED'));
ALTER TABLE ledger.txn
  DROP CONSTRAINT txn_id_check, DROP CONSTRAINT txn_decision_check,
  ALTER COLUMN id TYPE ledger.transaction_id, ALTER COLUMN decision TYPE ledger.decision;

REVOKE ALL ON FUNCTION ledger.parts, ledger.move FROM PUBLIC;
`;
