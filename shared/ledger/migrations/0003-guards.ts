/**
 * What the database refuses whoever asks, our own functions included: a change of what was written, a transaction that
 * does not balance, a gap in an account's chain, a hold that closes twice.
 */
export const sql = `
CREATE FUNCTION ledger.refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION '% of ledger.% is refused: what is written stays', TG_OP, TG_TABLE_NAME USING ERRCODE = 'LG001';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.txn EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.reversal EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.entry EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.system_entry EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON ledger.account EXECUTE FUNCTION ledger.refuse();
-- A check constraint would look at every new balance, too.
CREATE FUNCTION ledger.refuse_owner() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION '% is nobody who has money', NEW.owner USING ERRCODE = '23514';
END $$;
CREATE TRIGGER owner_known BEFORE INSERT ON ledger.account
  FOR EACH ROW WHEN (NEW.owner !~ '^(chr|acc|gld)_[0-9A-Z]{26}$') EXECUTE FUNCTION ledger.refuse_owner();
CREATE TRIGGER identity_kept BEFORE UPDATE OF id, owner, currency ON ledger.account EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON ledger.hold EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER terms_kept BEFORE UPDATE OF id, account, amount, expires_at ON ledger.hold
  EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER closes_once BEFORE UPDATE ON ledger.hold
  FOR EACH ROW WHEN (OLD.state <> 'OPEN') EXECUTE FUNCTION ledger.refuse();

-- At the commit: what goes out of some accounts has come into others.
CREATE FUNCTION ledger.check_balanced() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (
      SELECT a.currency, e.amount FROM ledger.entry e JOIN ledger.account a ON a.id = e.account WHERE e.txn = NEW.txn
      UNION ALL
      SELECT currency, amount FROM ledger.system_entry WHERE txn = NEW.txn
    ) AS part GROUP BY currency HAVING sum(amount) <> 0
  ) THEN
    RAISE EXCEPTION 'transaction % does not balance', NEW.txn USING ERRCODE = 'LG002';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ledger.system_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.check_balanced();

-- Whether a transaction was decided in this very commit: nothing is added to an older one.
CREATE FUNCTION ledger.is_new(p_txn text) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
  RETURN EXISTS (SELECT FROM ledger.txn WHERE id = p_txn AND xmin = pg_current_xact_id()::xid);
END $$;

-- Entries continue the chains of their accounts, are what the accounts say of themselves, and belong to a transaction
-- of this commit. Those of one statement balance by themselves, unless the system has a part in their transaction: then
-- the check at the commit speaks for them, too. Looked up one by one: a join would be planned once, for tables as small
-- as they were then.
CREATE FUNCTION ledger.check_entries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  v_new ledger.entry;
  v_account ledger.account;
  v_before bigint;
  v_txn text;
  v_currency text;
  v_sum bigint := 0;
  v_is_mixed boolean := false;
BEGIN
  FOR v_new IN SELECT * FROM added LOOP
    SELECT * INTO v_account FROM ledger.account WHERE id = v_new.account;
    v_before := 0;
    IF v_new.ver > 1 THEN
      SELECT bal INTO v_before FROM ledger.entry WHERE account = v_new.account AND ver = v_new.ver - 1;
    END IF;
    IF (v_new.bal = v_before + v_new.amount AND v_account.ver = v_new.ver AND v_account.posted = v_new.bal
        AND (v_new.txn = v_txn OR ledger.is_new(v_new.txn))) IS NOT TRUE THEN
      RAISE EXCEPTION 'entry % of account % does not continue its chain', v_new.ver, v_new.account
        USING ERRCODE = 'LG003';
    END IF;
    v_is_mixed := v_is_mixed OR v_new.txn <> v_txn OR v_account.currency <> v_currency;
    v_txn := v_new.txn;
    v_currency := v_account.currency;
    v_sum := v_sum + v_new.amount;
  END LOOP;
  IF v_sum = 0 AND v_is_mixed IS NOT TRUE THEN RETURN NULL; END IF;
  SELECT e.txn INTO v_txn FROM added e JOIN ledger.account a ON a.id = e.account
   WHERE NOT EXISTS (SELECT FROM ledger.system_entry s WHERE s.txn = e.txn)
   GROUP BY e.txn, a.currency HAVING sum(e.amount) <> 0 LIMIT 1;
  IF FOUND THEN RAISE EXCEPTION 'transaction % does not balance', v_txn USING ERRCODE = 'LG002'; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER chained AFTER INSERT ON ledger.entry REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_entries();

CREATE FUNCTION ledger.check_system_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF ledger.is_new(NEW.txn) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'transaction % was not decided in this commit', NEW.txn USING ERRCODE = 'LG003';
END $$;
CREATE TRIGGER decided BEFORE INSERT ON ledger.system_entry
  FOR EACH ROW EXECUTE FUNCTION ledger.check_system_entry();
`;
