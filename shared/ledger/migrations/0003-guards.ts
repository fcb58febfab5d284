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
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ledger.entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.check_balanced();
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ledger.system_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.check_balanced();

-- An entry continues its account's chain.
CREATE FUNCTION ledger.check_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  v_before bigint := 0;
BEGIN
  IF NEW.ver > 1 THEN
    SELECT bal INTO v_before FROM ledger.entry WHERE account = NEW.account AND ver = NEW.ver - 1;
  END IF;
  IF v_before IS NULL OR NEW.bal <> v_before + NEW.amount THEN
    RAISE EXCEPTION 'entry % of account % does not continue its chain', NEW.ver, NEW.account USING ERRCODE = 'LG003';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER chained BEFORE INSERT ON ledger.entry FOR EACH ROW EXECUTE FUNCTION ledger.check_chain();
`;
