/**
 * The decision about a movement of money, and its abort. Functions that decide take and return JSON, amounts as text.
 *
 * The order of things in ledger.move is what makes it right: lock the accounts in the order of their keys, look at the
 * funds, insert the decision (where the first writer of the id wins and everybody else gets what stands), and only then
 * change balances. A statement costs more than what it does, so there are few of them. A refusal raises nothing, so that its record commits. Every statement sees what has committed before
 * it (READ COMMITTED), hence the functions are VOLATILE.
 */
export const sql = `
-- What was decided under this id; NULL when nothing was.
CREATE FUNCTION ledger.standing(p_id text, p_operation ledger.operation, p_hash text) RETURNS jsonb
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
CREATE FUNCTION ledger.record(p_request jsonb, p_operation ledger.operation, p_legs jsonb, p_decision jsonb) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = '' AS $$
BEGIN
  INSERT INTO ledger.txn (id, operation, request_hash, kind, reason, memo, legs, decision)
  VALUES (p_request->>'id', p_operation, p_request->>'requestHash', p_request->>'kind', p_request->>'reason',
          p_request->'memo', p_legs, p_decision)
  ON CONFLICT (id) DO NOTHING;
  RETURN FOUND;
END $$;

-- Most that one may have of a currency.
CREATE FUNCTION ledger.cap_of(p_currency text) RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
  v_cap bigint;
BEGIN
  SELECT cap INTO STRICT v_cap FROM ledger.currency WHERE id = p_currency;
  RETURN v_cap;
END $$;

CREATE FUNCTION ledger.reject(p_request jsonb, p_operation ledger.operation, p_legs jsonb, p_code text,
                              p_owner text DEFAULT NULL, p_currency text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = '' AS $$
DECLARE
  v_decision jsonb := jsonb_strip_nulls(
    jsonb_build_object('state', 'REJECTED', 'code', p_code, 'owner', p_owner, 'currency', p_currency));
BEGIN
  IF ledger.record(p_request, p_operation, p_legs, v_decision) THEN RETURN v_decision; END IF;
  RETURN ledger.standing(p_request->>'id', p_operation, p_request->>'requestHash');
END $$;

-- What legs add up to for each account of a player, in the order of the keys, and whether the system has a part in them.
CREATE FUNCTION ledger.sides(p_legs jsonb, OUT owners text[], OUT currencies text[], OUT nets bigint[],
                             OUT with_system boolean)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
  v_from text := p_legs->0->>'from';
  v_to text := p_legs->0->>'to';
  v_amount bigint := (p_legs->0->>'amount')::bigint;
BEGIN
  IF jsonb_array_length(p_legs) = 1 AND v_from <> v_to AND NOT starts_with(v_from, 'system.')
     AND NOT starts_with(v_to, 'system.') THEN
    currencies := ARRAY[p_legs->0->>'currency', p_legs->0->>'currency'];
    with_system := false;
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
         coalesce(bool_or(of_system), false)
    INTO owners, currencies, nets, with_system
    FROM (SELECT owner, currency, net, starts_with(owner, 'system.') AS of_system FROM ledger.sums(p_legs)) AS part;
END $$;

CREATE FUNCTION ledger.sums(p_legs jsonb) RETURNS TABLE (owner text, currency text, net bigint)
LANGUAGE sql STABLE SET search_path = '' AS $$
  SELECT owner COLLATE "C", currency COLLATE "C", sum(amount)::bigint FROM (
    SELECT leg->>'from' AS owner, leg->>'currency' AS currency, -(leg->>'amount')::bigint AS amount
      FROM jsonb_array_elements(p_legs) AS leg
    UNION ALL
    SELECT leg->>'to', leg->>'currency', (leg->>'amount')::bigint FROM jsonb_array_elements(p_legs) AS leg
  ) AS side GROUP BY 1, 2 HAVING sum(amount) <> 0
$$;

-- p_hold: an open hold whose money is free for these legs, and which closes with them.
CREATE FUNCTION ledger.move(p_request jsonb, p_operation ledger.operation, p_legs jsonb, p_hold text DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = '' AS $$
DECLARE
  v_id text := p_request->>'id';
  v_now timestamptz := clock_timestamp();
  v_owner text[];
  v_currency text[];
  v_net bigint[];
  v_with_system boolean;
  v_account ledger.account;
  v_ids bigint[] := '{}';
  v_posted bigint[] := '{}';
  v_held bigint[] := '{}';
  v_ver bigint[] := '{}';
  v_balances jsonb := '[]';
  v_hold ledger.hold;
  v_full integer;
  v_decision jsonb;
BEGIN
  SELECT owners, currencies, nets, with_system INTO v_owner, v_currency, v_net, v_with_system FROM ledger.sides(p_legs);

  -- In the order of their keys, so that two transactions never wait for each other. One by one, here and below: a join
  -- would be planned once, for tables as small as they were then.
  FOR i IN 1..cardinality(v_owner) LOOP
    LOOP
      SELECT * INTO v_account FROM ledger.account
       WHERE owner = v_owner[i] AND currency = v_currency[i] FOR NO KEY UPDATE;
      EXIT WHEN FOUND;
      INSERT INTO ledger.account (owner, currency) VALUES (v_owner[i], v_currency[i])
      ON CONFLICT (owner, currency) DO NOTHING;
    END LOOP;
    v_ids[i] := v_account.id;
    v_posted[i] := v_account.posted + v_net[i];
    v_held[i] := v_account.held;
    v_ver[i] := v_account.ver + 1;
  END LOOP;
  IF p_hold IS NOT NULL THEN
    SELECT * INTO v_hold FROM ledger.hold WHERE id = p_hold FOR NO KEY UPDATE;
    IF v_hold.state <> 'OPEN' THEN RETURN ledger.reject(p_request, p_operation, '[]', 'ledger.hold_not_open'); END IF;
  END IF;

  FOR i IN 1..cardinality(v_ids) LOOP
    IF v_ids[i] = v_hold.account THEN v_held[i] := v_held[i] - v_hold.amount; END IF;
    IF v_net[i] < 0 AND v_posted[i] < v_held[i] THEN
      RETURN ledger.reject(p_request, p_operation, p_legs, 'ledger.insufficient_funds', v_owner[i], v_currency[i]);
    END IF;
    IF v_net[i] > 0 AND v_full IS NULL AND v_posted[i] > ledger.cap_of(v_currency[i]) THEN v_full := i; END IF;
    v_balances := v_balances || jsonb_build_object(
      'owner', v_owner[i], 'currency', v_currency[i], 'posted', v_posted[i]::text, 'held', v_held[i]::text,
      'amount', v_net[i]::text, 'version', v_ver[i]);
  END LOOP;
  IF v_full IS NOT NULL THEN
    RETURN ledger.reject(p_request, p_operation, p_legs, 'ledger.balance_limit', v_owner[v_full], v_currency[v_full]);
  END IF;

  v_decision := jsonb_build_object('state', 'COMMITTED', 'balances', v_balances);
  IF NOT ledger.record(p_request, p_operation, p_legs, v_decision) THEN
    RETURN ledger.standing(v_id, p_operation, p_request->>'requestHash');
  END IF;
  IF p_hold IS NOT NULL THEN
    UPDATE ledger.account SET held = held - v_hold.amount WHERE id = v_hold.account;
    UPDATE ledger.hold SET state = 'POSTED' WHERE id = p_hold;
  END IF;
  IF v_with_system THEN
    INSERT INTO ledger.system_entry (txn, account, currency, amount, at)
    SELECT v_id, owner, currency, net, v_now FROM ledger.sums(p_legs) WHERE starts_with(owner, 'system.');
  END IF;
  IF cardinality(v_ids) = 0 THEN RETURN v_decision; END IF;
  FOR i IN 1..cardinality(v_ids) LOOP
    UPDATE ledger.account SET posted = v_posted[i], ver = v_ver[i] WHERE id = v_ids[i];
  END LOOP;
  INSERT INTO ledger.entry (account, ver, txn, amount, bal, at)
  SELECT account, ver, v_id, net, bal, v_now FROM unnest(v_ids, v_ver, v_net, v_posted) AS n(account, ver, net, bal);
  IF p_request->>'toldBy' IS DISTINCT FROM 'caller' THEN
    INSERT INTO ledger.outbox (txn, at) VALUES (v_id, v_now);
  END IF;
  RETURN v_decision;
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
