/**
 * The decision about a movement of money, and its abort. Functions that decide take and return JSON, amounts as text.
 *
 * The order of things in ledger.move is what makes it right: lock the accounts in the order of their keys, look at the
 * funds, insert the decision (where the first writer of the id wins and everybody else gets what stands), and only then
 * change balances. A refusal raises nothing, so that its record commits. Every statement sees what has committed before
 * it (READ COMMITTED), hence the functions are VOLATILE.
 */
export const sql = `
-- What was decided under this id; NULL when nothing was.
CREATE FUNCTION ledger.standing(p_id text, p_operation text, p_hash text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = '' AS $$
DECLARE
  v_txn ledger.txn;
BEGIN
  SELECT * INTO v_txn FROM ledger.txn WHERE id = p_id;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF v_txn.operation <> 'abort' AND (v_txn.operation <> p_operation OR v_txn.request_hash <> p_hash) THEN
    RAISE EXCEPTION 'transaction % is another request', p_id USING ERRCODE = 'LG004';
  END IF;
  RETURN v_txn.decision;
END $$;

-- Records a decision; whoever comes second gets the first one.
CREATE FUNCTION ledger.record(p_request jsonb, p_operation text, p_legs jsonb, p_decision jsonb) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = '' AS $$
BEGIN
  INSERT INTO ledger.txn (id, operation, request_hash, kind, reason, memo, legs, decision)
  VALUES (p_request->>'id', p_operation, p_request->>'requestHash', p_request->>'kind', p_request->>'reason',
          p_request->'memo', p_legs, p_decision)
  ON CONFLICT (id) DO NOTHING;
  RETURN FOUND;
END $$;

CREATE FUNCTION ledger.reject(p_request jsonb, p_operation text, p_legs jsonb, p_code text,
                              p_owner text DEFAULT NULL, p_currency text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = '' AS $$
DECLARE
  v_decision jsonb := jsonb_strip_nulls(
    jsonb_build_object('state', 'REJECTED', 'code', p_code, 'owner', p_owner, 'currency', p_currency));
BEGIN
  IF ledger.record(p_request, p_operation, p_legs, v_decision) THEN RETURN v_decision; END IF;
  RETURN ledger.standing(p_request->>'id', p_operation, p_request->>'requestHash');
END $$;

-- p_hold: an open hold whose money is free for these legs, and which closes with them.
CREATE FUNCTION ledger.move(p_request jsonb, p_operation text, p_legs jsonb, p_hold text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = '' AS $$
DECLARE
  v_id text := p_request->>'id';
  v_now timestamptz := clock_timestamp();
  v_owner text[];
  v_currency text[];
  v_net bigint[];
  v_account bigint[] := '{}';
  v_balances jsonb := '[]';
  v_row ledger.account;
  v_held ledger.hold;
  v_cap bigint;
  v_full integer;
  v_standing jsonb;
BEGIN
  SELECT array_agg(owner ORDER BY owner, currency), array_agg(currency ORDER BY owner, currency),
         array_agg(net ORDER BY owner, currency)
    INTO v_owner, v_currency, v_net
    FROM (
      SELECT owner COLLATE "C" AS owner, currency COLLATE "C" AS currency, sum(amount)::bigint AS net FROM (
        SELECT leg->>'from' AS owner, leg->>'currency' AS currency, -(leg->>'amount')::bigint AS amount
          FROM jsonb_array_elements(p_legs) AS leg
        UNION ALL
        SELECT leg->>'to', leg->>'currency', (leg->>'amount')::bigint FROM jsonb_array_elements(p_legs) AS leg
      ) AS side WHERE NOT starts_with(owner, 'system.') GROUP BY 1, 2 HAVING sum(amount) <> 0
    ) AS part;

  -- Keys in order, so that two transactions never wait for each other.
  FOR i IN 1..coalesce(cardinality(v_owner), 0) LOOP
    LOOP
      SELECT * INTO v_row FROM ledger.account
       WHERE owner = v_owner[i] AND currency = v_currency[i] FOR NO KEY UPDATE;
      EXIT WHEN FOUND;
      INSERT INTO ledger.account (owner, currency) VALUES (v_owner[i], v_currency[i])
      ON CONFLICT (owner, currency) DO NOTHING;
    END LOOP;
    v_account := v_account || v_row.id;
  END LOOP;

  v_standing := ledger.standing(v_id, p_operation, p_request->>'requestHash');
  IF v_standing IS NOT NULL THEN RETURN v_standing; END IF;
  IF p_hold IS NOT NULL THEN
    SELECT * INTO v_held FROM ledger.hold WHERE id = p_hold FOR NO KEY UPDATE;
    IF v_held.state <> 'OPEN' THEN RETURN ledger.reject(p_request, p_operation, '[]', 'ledger.hold_not_open'); END IF;
  END IF;

  FOR i IN 1..coalesce(cardinality(v_owner), 0) LOOP
    SELECT * INTO v_row FROM ledger.account WHERE id = v_account[i];
    IF v_row.id = v_held.account THEN v_row.held := v_row.held - v_held.amount; END IF;
    v_row.posted := v_row.posted + v_net[i];
    IF v_net[i] < 0 AND v_row.posted < v_row.held THEN
      RETURN ledger.reject(p_request, p_operation, p_legs, 'ledger.insufficient_funds', v_owner[i], v_currency[i]);
    END IF;
    SELECT cap INTO STRICT v_cap FROM ledger.currency WHERE id = v_currency[i];
    IF v_net[i] > 0 AND v_row.posted > v_cap AND v_full IS NULL THEN v_full := i; END IF;
    v_balances := v_balances || jsonb_build_object(
      'owner', v_owner[i], 'currency', v_currency[i], 'posted', v_row.posted::text, 'held', v_row.held::text,
      'amount', v_net[i]::text, 'version', v_row.ver + 1);
  END LOOP;
  IF v_full IS NOT NULL THEN
    RETURN ledger.reject(p_request, p_operation, p_legs, 'ledger.balance_limit', v_owner[v_full], v_currency[v_full]);
  END IF;

  IF NOT ledger.record(p_request, p_operation, p_legs,
                       jsonb_build_object('state', 'COMMITTED', 'balances', v_balances)) THEN
    RETURN ledger.standing(v_id, p_operation, p_request->>'requestHash');
  END IF;
  IF p_hold IS NOT NULL THEN
    UPDATE ledger.account SET held = held - v_held.amount WHERE id = v_held.account;
    UPDATE ledger.hold SET state = 'POSTED' WHERE id = p_hold;
  END IF;
  FOR i IN 1..coalesce(cardinality(v_owner), 0) LOOP
    UPDATE ledger.account SET posted = posted + v_net[i], ver = ver + 1 WHERE id = v_account[i] RETURNING * INTO v_row;
    INSERT INTO ledger.entry (account, ver, txn, amount, bal, at)
    VALUES (v_row.id, v_row.ver, v_id, v_net[i], v_row.posted, v_now);
  END LOOP;
  INSERT INTO ledger.system_entry (txn, account, currency, amount, at)
  SELECT v_id, owner, currency, sum(amount)::bigint, v_now FROM (
    SELECT leg->>'from' AS owner, leg->>'currency' AS currency, -(leg->>'amount')::bigint AS amount
      FROM jsonb_array_elements(p_legs) AS leg
    UNION ALL
    SELECT leg->>'to', leg->>'currency', (leg->>'amount')::bigint FROM jsonb_array_elements(p_legs) AS leg
  ) AS side WHERE starts_with(owner, 'system.') GROUP BY owner, currency HAVING sum(amount) <> 0;
  IF v_owner IS NOT NULL AND p_request->>'toldBy' IS DISTINCT FROM 'caller' THEN
    INSERT INTO ledger.outbox (txn, at) VALUES (v_id, v_now);
  END IF;
  RETURN jsonb_build_object('state', 'COMMITTED', 'balances', v_balances);
END $$;

CREATE FUNCTION ledger.settle(p_request jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  RETURN ledger.move(p_request, 'settle', p_request->'legs');
END $$;

-- Decides that it will not happen, unless it is decided already.
CREATE FUNCTION ledger.decide_abort(p_id text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  v_decision jsonb;
BEGIN
  INSERT INTO ledger.txn (id, operation, legs, decision) VALUES (p_id, 'abort', '[]', '{"state":"ABORTED"}')
  ON CONFLICT (id) DO NOTHING;
  SELECT decision INTO STRICT v_decision FROM ledger.txn WHERE id = p_id;
  RETURN v_decision;
END $$;
`;
