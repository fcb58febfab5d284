/**
 * The ledger's schema and who may use it. Functions of the game sign in as `ledger_app`, which owns nothing: whatever
 * it may do, a later migration grants it, object by object.
 */
export const sql = `
CREATE SCHEMA ledger;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ledger_app') THEN
    CREATE ROLE ledger_app LOGIN;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
    GRANT rds_iam TO ledger_app;
  END IF;
END $$;

GRANT USAGE ON SCHEMA ledger TO ledger_app;
`;
