/** Reservations of money, each of which closes once, and reversals. Whether a hold has run out, the ledger's clock says. */
export const sql = `
-- p_request: owner, currency, amount, lifeMs; replaces: a hold that is freed in the same moment.
CREATE FUNCTION ledger.hold(p_request jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  v_owner text := p_request->>'owner';
  v_currency text := p_request->>'currency';
  v_amount bigint := (p_request->>'amount')::bigint;
  v_old ledger.hold;
  v_account ledger.account;
  v_freed bigint := 0;
  v_standing jsonb;
  v_decision jsonb;
BEGIN
  INSERT INTO ledger.account (owner, currency) VALUES (v_owner, v_currency) ON CONFLICT (owner, currency) DO NOTHING;
  IF p_request ? 'replaces' THEN
    SELECT * INTO v_old FROM ledger.hold WHERE id = p_request->>'replaces';
  END IF;
  -- All accounts that change, in the order of their keys.
  PERFORM FROM ledger.account WHERE id = v_old.account OR (owner = v_owner AND currency = v_currency)
    ORDER BY owner, currency FOR NO KEY UPDATE;
  v_standing := ledger.standing(p_request->>'id', 'hold', p_request->>'requestHash');
  IF v_standing IS NOT NULL THEN RETURN v_standing; END IF;

  SELECT * INTO STRICT v_account FROM ledger.account WHERE owner = v_owner AND currency = v_currency;
  IF p_request ? 'replaces' THEN
    SELECT * INTO v_old FROM ledger.hold WHERE id = p_request->>'replaces' FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN ledger.reject(p_request, 'hold', '[]', 'ledger.hold_not_found'); END IF;
    IF v_old.state = 'EXPIRED' OR (v_old.state = 'OPEN' AND v_old.expires_at <= clock_timestamp()) THEN
      RETURN ledger.reject(p_request, 'hold', '[]', 'ledger.hold_expired');
    END IF;
    IF v_old.state <> 'OPEN' THEN RETURN ledger.reject(p_request, 'hold', '[]', 'ledger.hold_not_open'); END IF;
    IF v_old.account = v_account.id THEN v_freed := v_old.amount; END IF;
  END IF;
  IF v_account.posted - v_account.held + v_freed < v_amount THEN
    RETURN ledger.reject(p_request, 'hold', '[]', 'ledger.insufficient_funds', v_owner, v_currency);
  END IF;
  v_decision := jsonb_build_object('state', 'COMMITTED', 'balances', jsonb_build_array(jsonb_build_object(
    'owner', v_owner, 'currency', v_currency, 'posted', v_account.posted::text,
    'held', (v_account.held - v_freed + v_amount)::text, 'amount', '0', 'version', v_account.ver)));
  IF NOT ledger.record(p_request, 'hold', '[]', v_decision) THEN
    RETURN ledger.standing(p_request->>'id', 'hold', p_request->>'requestHash');
  END IF;
  IF p_request ? 'replaces' THEN
    UPDATE ledger.account SET held = held - v_old.amount WHERE id = v_old.account;
    UPDATE ledger.hold SET state = 'VOIDED' WHERE id = v_old.id;
  END IF;
  UPDATE ledger.account SET held = held + v_amount WHERE id = v_account.id;
  INSERT INTO ledger.hold (id, account, amount, expires_at)
  VALUES (p_request->>'id', v_account.id, v_amount,
          clock_timestamp() + make_interval(secs => (p_request->>'lifeMs')::bigint / 1000.0));
  RETURN v_decision;
END $$;

-- Pays out of a hold; p_request: holdId, to: [{to, amount}].
CREATE FUNCTION ledger.post(p_request jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  v_standing jsonb := ledger.standing(p_request->>'id', 'post', p_request->>'requestHash');
  v_hold ledger.hold;
  v_account ledger.account;
  v_legs jsonb;
  v_sum bigint;
BEGIN
  IF v_standing IS NOT NULL THEN RETURN v_standing; END IF;
  SELECT * INTO v_hold FROM ledger.hold WHERE id = p_request->>'holdId';
  IF NOT FOUND THEN RETURN ledger.reject(p_request, 'post', '[]', 'ledger.hold_not_found'); END IF;
  IF v_hold.state = 'EXPIRED' OR (v_hold.state = 'OPEN' AND v_hold.expires_at <= clock_timestamp()) THEN
    RETURN ledger.reject(p_request, 'post', '[]', 'ledger.hold_expired');
  END IF;
  IF v_hold.state <> 'OPEN' THEN RETURN ledger.reject(p_request, 'post', '[]', 'ledger.hold_not_open'); END IF;
  SELECT * INTO STRICT v_account FROM ledger.account WHERE id = v_hold.account;
  SELECT jsonb_agg(jsonb_build_object('currency', v_account.currency, 'from', v_account.owner,
                                      'to', part->>'to', 'amount', part->>'amount')),
         sum((part->>'amount')::bigint)
    INTO v_legs, v_sum FROM jsonb_array_elements(p_request->'to') AS part;
  IF v_sum > v_hold.amount THEN RETURN ledger.reject(p_request, 'post', '[]', 'ledger.hold_exceeded'); END IF;
  RETURN ledger.move(p_request, 'post', v_legs, v_hold.id);
END $$;

CREATE FUNCTION ledger.void(p_request jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  v_hold ledger.hold;
  v_account ledger.account;
  v_standing jsonb;
  v_decision jsonb;
BEGIN
  SELECT * INTO v_hold FROM ledger.hold WHERE id = p_request->>'holdId';
  IF FOUND THEN
    SELECT * INTO STRICT v_account FROM ledger.account WHERE id = v_hold.account FOR NO KEY UPDATE;
  END IF;
  v_standing := ledger.standing(p_request->>'id', 'void', p_request->>'requestHash');
  IF v_standing IS NOT NULL THEN RETURN v_standing; END IF;
  -- One that came about since the first look has an account that is not locked: it is not there for this call.
  IF v_account.id IS NULL THEN RETURN ledger.reject(p_request, 'void', '[]', 'ledger.hold_not_found'); END IF;
  SELECT * INTO STRICT v_hold FROM ledger.hold WHERE id = p_request->>'holdId' FOR NO KEY UPDATE;
  IF v_hold.state = 'EXPIRED' THEN RETURN ledger.reject(p_request, 'void', '[]', 'ledger.hold_expired'); END IF;
  IF v_hold.state <> 'OPEN' THEN RETURN ledger.reject(p_request, 'void', '[]', 'ledger.hold_not_open'); END IF;
  v_decision := jsonb_build_object('state', 'COMMITTED', 'balances', jsonb_build_array(jsonb_build_object(
    'owner', v_account.owner, 'currency', v_account.currency, 'posted', v_account.posted::text,
    'held', (v_account.held - v_hold.amount)::text, 'amount', '0', 'version', v_account.ver)));
  IF NOT ledger.record(p_request, 'void', '[]', v_decision) THEN
    RETURN ledger.standing(p_request->>'id', 'void', p_request->>'requestHash');
  END IF;
  UPDATE ledger.account SET held = held - v_hold.amount WHERE id = v_account.id;
  UPDATE ledger.hold SET state = 'VOIDED' WHERE id = v_hold.id;
  RETURN v_decision;
END $$;

CREATE FUNCTION ledger.expire_holds(p_limit integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  v_due record;
  v_count integer := 0;
BEGIN
  FOR v_due IN
    SELECT h.id, h.account, h.amount FROM ledger.hold h JOIN ledger.account a ON a.id = h.account
     WHERE h.state = 'OPEN' AND h.expires_at <= clock_timestamp()
     ORDER BY a.owner, a.currency, h.id LIMIT p_limit
  LOOP
    PERFORM FROM ledger.account WHERE id = v_due.account FOR NO KEY UPDATE;
    UPDATE ledger.hold SET state = 'EXPIRED' WHERE id = v_due.id AND state = 'OPEN';
    IF FOUND THEN
      UPDATE ledger.account SET held = held - v_due.amount WHERE id = v_due.account;
      v_count := v_count + 1;
    END IF;
  END LOOP;
  RETURN v_count;
END $$;

-- Moves everything that a transaction moved back, once.
CREATE FUNCTION ledger.reverse(p_request jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  v_standing jsonb := ledger.standing(p_request->>'id', 'reverse', p_request->>'requestHash');
  v_original ledger.txn;
  v_legs jsonb;
  v_decision jsonb;
BEGIN
  IF v_standing IS NOT NULL THEN RETURN v_standing; END IF;
  SELECT * INTO v_original FROM ledger.txn WHERE id = p_request->>'reverses';
  IF NOT FOUND OR v_original.decision->>'state' <> 'COMMITTED' OR v_original.operation NOT IN ('settle', 'post') THEN
    RETURN ledger.reject(p_request, 'reverse', '[]', 'ledger.not_reversible');
  END IF;
  -- Two reversals of one transaction wait for each other here.
  PERFORM pg_advisory_xact_lock(hashtextextended(v_original.id, 7267002));
  IF EXISTS (SELECT FROM ledger.reversal WHERE reversed = v_original.id) THEN
    v_standing := ledger.standing(p_request->>'id', 'reverse', p_request->>'requestHash');
    IF v_standing IS NOT NULL THEN RETURN v_standing; END IF;
    RETURN ledger.reject(p_request, 'reverse', '[]', 'ledger.already_reversed');
  END IF;
  SELECT jsonb_agg(leg || jsonb_build_object('from', leg->>'to', 'to', leg->>'from'))
    INTO v_legs FROM jsonb_array_elements(v_original.legs) AS leg;
  v_decision := ledger.move(p_request, 'reverse', v_legs);
  IF v_decision->>'state' = 'COMMITTED' THEN
    INSERT INTO ledger.reversal (reversed, reversed_by) VALUES (v_original.id, p_request->>'id');
  END IF;
  RETURN v_decision;
END $$;
`;
