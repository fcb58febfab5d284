/**
 * What the auditor asks: V2 and V3 of the value design, a page at a time, each page as of one moment; what was decided
 * in a span of time, for those who hold it against the table; and what an owner has reserved. Whatever `problems` says is a
 * defect.
 */
export const sql = `
-- Decisions come in the order of time: block ranges tell where to look, and cost an insert nothing.
CREATE INDEX txn_decided_at ON ledger.txn USING brin (decided_at);

CREATE FUNCTION ledger.transactions(p_ids text[]) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT ledger.transaction(id) FROM ledger.txn WHERE id = ANY (p_ids) ORDER BY id
$$;

CREATE FUNCTION ledger.holds_of(p_owner text, p_limit integer) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT ledger.hold_of(h.id) FROM ledger.hold h JOIN ledger.account a ON a.id = h.account
   WHERE a.owner = p_owner AND h.state = 'OPEN' ORDER BY h.expires_at, h.id LIMIT p_limit
$$;

-- Decisions after (p_after_ms, p_after_id) and before p_to_ms, at most p_limit, oldest first.
CREATE FUNCTION ledger.audit_decided(p_after_ms bigint, p_after_id text, p_to_ms bigint, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  v_ids text[];
  v_decided jsonb;
  v_problems jsonb;
BEGIN
  SELECT array_agg(id), jsonb_agg(ledger.transaction(id)) INTO v_ids, v_decided FROM (
    SELECT id FROM ledger.txn
     WHERE decided_at >= to_timestamp(p_after_ms / 1000.0) AND decided_at < to_timestamp(p_to_ms / 1000.0)
       AND (ledger.epoch_ms(decided_at), id) > (p_after_ms, p_after_id)
     ORDER BY ledger.epoch_ms(decided_at), id LIMIT least(p_limit, 1000)
  ) AS page;
  SELECT jsonb_agg(problem) INTO v_problems FROM (
    SELECT format('V2 transaction %s does not balance in %s: %s', txn, currency, sum(amount)) AS problem FROM (
      SELECT e.txn, a.currency, e.amount FROM ledger.entry e JOIN ledger.account a ON a.id = e.account
       WHERE e.txn = ANY (v_ids)
      UNION ALL
      SELECT txn, currency, amount FROM ledger.system_entry WHERE txn = ANY (v_ids)
    ) AS part GROUP BY txn, currency HAVING sum(amount) <> 0
    UNION ALL
    SELECT format('V2 transaction %s moved %s of %s for %s, and its legs say %s', txn, sum(done), currency, owner,
                  sum(said))
      FROM (
        SELECT e.txn, a.owner, a.currency, e.amount AS done, 0::bigint AS said
          FROM ledger.entry e JOIN ledger.account a ON a.id = e.account WHERE e.txn = ANY (v_ids)
        UNION ALL
        SELECT txn, account, currency, amount, 0 FROM ledger.system_entry WHERE txn = ANY (v_ids)
        UNION ALL
        SELECT t.id, side.owner, leg->>'currency', 0, side.sign * (leg->>'amount')::bigint
          FROM ledger.txn t
          CROSS JOIN LATERAL jsonb_array_elements(t.legs) AS leg
          CROSS JOIN LATERAL (VALUES (leg->>'from', -1), (leg->>'to', 1)) AS side (owner, sign)
         WHERE t.id = ANY (v_ids) AND t.decision->>'state' = 'COMMITTED'
      ) AS part GROUP BY txn, owner, currency HAVING sum(done) <> sum(said)
    UNION ALL
    SELECT format('V2 entry %s of account %s does not follow the one before', e.ver, e.account)
      FROM ledger.entry e LEFT JOIN ledger.entry b ON b.account = e.account AND b.ver = e.ver - 1
     WHERE e.txn = ANY (v_ids)
       AND ((e.ver > 1 AND b.ver IS NULL) OR e.bal <> coalesce(b.bal, 0) + e.amount)
  ) AS found;
  RETURN jsonb_build_object('decided', coalesce(v_decided, '[]'), 'problems', coalesce(v_problems, '[]'));
END $$;

-- Accounts above p_after, at most p_limit, as they are now.
CREATE FUNCTION ledger.audit_accounts(p_after bigint, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  v_last bigint;
  v_problems jsonb;
BEGIN
  SELECT max(id) INTO v_last
    FROM (SELECT id FROM ledger.account WHERE id > p_after ORDER BY id LIMIT least(p_limit, 1000)) AS page;
  IF v_last IS NULL THEN RETURN jsonb_build_object('problems', '[]'::jsonb); END IF;
  SELECT jsonb_agg(problem) INTO v_problems FROM (
    SELECT format('V2 account %s (%s) has %s at version %s, its entries say %s at %s', a.id, a.owner, a.posted, a.ver,
                  coalesce(latest.bal, 0), coalesce(latest.ver, 0)) AS problem
      FROM ledger.account a
      LEFT JOIN LATERAL (
        SELECT e.bal, e.ver FROM ledger.entry e WHERE e.account = a.id ORDER BY e.ver DESC LIMIT 1
      ) AS latest ON true
     WHERE a.id > p_after AND a.id <= v_last
       AND (a.posted <> coalesce(latest.bal, 0) OR a.ver <> coalesce(latest.ver, 0))
    UNION ALL
    SELECT format('V3 account %s (%s) has %s held of %s, its open holds are %s', a.id, a.owner, a.held, a.posted,
                  coalesce(sum(h.amount), 0))
      FROM ledger.account a LEFT JOIN ledger.hold h ON h.account = a.id AND h.state = 'OPEN'
     WHERE a.id > p_after AND a.id <= v_last
     GROUP BY a.id HAVING a.held <> coalesce(sum(h.amount), 0) OR a.held < 0 OR a.held > a.posted
  ) AS found;
  RETURN jsonb_build_object('problems', coalesce(v_problems, '[]'), 'next', v_last);
END $$;

CREATE INDEX hold_of_account ON ledger.hold (account) WHERE state = 'OPEN';

REVOKE ALL ON FUNCTION ledger.transactions, ledger.holds_of, ledger.audit_decided, ledger.audit_accounts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.transactions, ledger.holds_of, ledger.audit_decided, ledger.audit_accounts
  TO ledger_app;
`;
