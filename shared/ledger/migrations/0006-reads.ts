/** What may be asked of the ledger, and who may ask: the application executes these functions and nothing else. */
export const sql = `
CREATE FUNCTION ledger.epoch_ms(p_at timestamptz) RETURNS bigint LANGUAGE sql STABLE SET search_path = '' AS $$
  SELECT floor(extract(epoch FROM p_at) * 1000)::bigint
$$;

CREATE FUNCTION ledger.balances(p_owner text) RETURNS TABLE (currency text, posted bigint, held bigint, version bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT currency, posted, held, ver FROM ledger.account WHERE owner = p_owner AND ver > 0 ORDER BY currency
$$;

-- Newest first; p_query: limit, after {atMs, currency, version}, currency, reasonPrefix, fromMs, toMs, direction.
CREATE FUNCTION ledger.history(p_owner text, p_query jsonb)
RETURNS TABLE (txn text, currency text, version bigint, amount bigint, balance bigint, kind text, reason text,
               legs jsonb, at_ms bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT e.txn, a.currency, e.ver, e.amount, e.bal, t.kind, t.reason, t.legs, ledger.epoch_ms(e.at)
    FROM ledger.account a
    JOIN ledger.entry e ON e.account = a.id
    JOIN ledger.txn t ON t.id = e.txn
   WHERE a.owner = p_owner
     AND (p_query->>'currency' IS NULL OR a.currency = p_query->>'currency')
     AND (p_query->>'reasonPrefix' IS NULL OR starts_with(t.reason, p_query->>'reasonPrefix'))
     AND (p_query->>'fromMs' IS NULL OR ledger.epoch_ms(e.at) >= (p_query->>'fromMs')::bigint)
     AND (p_query->>'toMs' IS NULL OR ledger.epoch_ms(e.at) < (p_query->>'toMs')::bigint)
     AND (p_query->>'direction' IS NULL OR (p_query->>'direction' = 'in') = (e.amount > 0))
     AND (p_query->'after' IS NULL
          OR (-ledger.epoch_ms(e.at), a.currency, -e.ver)
             > (-(p_query->'after'->>'atMs')::bigint, p_query->'after'->>'currency',
                -(p_query->'after'->>'version')::bigint))
   ORDER BY ledger.epoch_ms(e.at) DESC, a.currency, e.ver DESC
   LIMIT (p_query->>'limit')::integer
$$;

CREATE FUNCTION ledger.transaction(p_id text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object(
    'id', id, 'operation', operation, 'requestHash', request_hash, 'kind', kind, 'reason', reason, 'memo', memo,
    'decidedAtMs', ledger.epoch_ms(decided_at))) || jsonb_build_object('legs', legs, 'decision', decision)
    FROM ledger.txn WHERE id = p_id
$$;

CREATE FUNCTION ledger.hold_of(p_id text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT jsonb_build_object('id', h.id, 'owner', a.owner, 'currency', a.currency, 'amount', h.amount::text,
                            'state', h.state, 'expiresAtMs', ledger.epoch_ms(h.expires_at))
    FROM ledger.hold h JOIN ledger.account a ON a.id = h.account WHERE h.id = p_id
$$;

CREATE FUNCTION ledger.supply(p_from_ms bigint, p_to_ms bigint)
RETURNS TABLE (account text, currency text, issued bigint, taken bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT account, currency, coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::bigint,
         coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint
    FROM ledger.system_entry
   WHERE (p_from_ms IS NULL OR at >= to_timestamp(p_from_ms / 1000.0))
     AND (p_to_ms IS NULL OR at < to_timestamp(p_to_ms / 1000.0))
   GROUP BY account, currency ORDER BY account, currency
$$;

CREATE FUNCTION ledger.untold(p_limit integer) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT ledger.transaction(txn) FROM ledger.outbox ORDER BY at, txn LIMIT p_limit
$$;

CREATE FUNCTION ledger.mark_told(p_ids text[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
  DELETE FROM ledger.outbox WHERE txn = ANY (p_ids)
$$;

-- Faults of the stored state: none, or the ledger is broken. V2 and V3 of the value design.
CREATE FUNCTION ledger.faults() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT format('account %s has %s, its entries sum up to %s', a.id, a.posted, sum(e.amount))
    FROM ledger.account a LEFT JOIN ledger.entry e ON e.account = a.id
   GROUP BY a.id HAVING a.posted <> coalesce(sum(e.amount), 0) OR a.ver <> count(e.ver)
  UNION ALL
  SELECT format('account %s holds %s, its open holds sum up to %s', a.id, a.held, coalesce(sum(h.amount), 0))
    FROM ledger.account a LEFT JOIN ledger.hold h ON h.account = a.id AND h.state = 'OPEN'
   GROUP BY a.id HAVING a.held <> coalesce(sum(h.amount), 0)
  UNION ALL
  SELECT format('currency %s sums up to %s', currency, sum(amount)) FROM (
    SELECT a.currency, e.amount FROM ledger.entry e JOIN ledger.account a ON a.id = e.account
    UNION ALL SELECT currency, amount FROM ledger.system_entry
  ) AS every GROUP BY currency HAVING sum(amount) <> 0
  UNION ALL
  SELECT format('transaction %s of currency %s sums up to %s', txn, currency, sum(amount)) FROM (
    SELECT e.txn, a.currency, e.amount FROM ledger.entry e JOIN ledger.account a ON a.id = e.account
    UNION ALL SELECT txn, currency, amount FROM ledger.system_entry
  ) AS every GROUP BY txn, currency HAVING sum(amount) <> 0
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.settle, ledger.decide_abort, ledger.hold, ledger.post, ledger.void,
  ledger.expire_holds, ledger.reverse, ledger.balances, ledger.history, ledger.transaction, ledger.hold_of,
  ledger.supply, ledger.untold, ledger.mark_told, ledger.faults TO ledger_app;
`;
