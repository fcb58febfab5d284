/**
 * What the ledger stores. Amounts are minor units. Transactions and entries are only ever added; what changes in place
 * is an account's balance, version and held sum, and a hold's state. Accounts of the system have entries and no balance,
 * so that no row is everybody's; what they have is the sum of their entries. Half of an account's page stays free: a
 * new balance is written beside the old one, and no index is touched.
 */
export const sql = `
CREATE TABLE ledger.currency (
  id text COLLATE "C" PRIMARY KEY,
  scopes text[] NOT NULL CHECK (scopes <@ ARRAY['chr', 'acc', 'gld'] AND cardinality(scopes) > 0),
  cap bigint NOT NULL CHECK (cap BETWEEN 1 AND 9000000000000000),
  transferable boolean NOT NULL
);

CREATE TABLE ledger.system_account (
  id text COLLATE "C" PRIMARY KEY CHECK (id ~ '^system\\.(faucet|sink|fee|escrow)\\.[a-z-]+$')
);

CREATE TABLE ledger.account (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner text COLLATE "C" NOT NULL,
  currency text COLLATE "C" NOT NULL REFERENCES ledger.currency,
  posted bigint NOT NULL DEFAULT 0,
  held bigint NOT NULL DEFAULT 0,
  ver bigint NOT NULL DEFAULT 0,
  UNIQUE (owner, currency),
  CHECK (0 <= held AND held <= posted)
) WITH (fillfactor = 50);

CREATE TYPE ledger.operation AS ENUM ('settle', 'hold', 'post', 'void', 'reverse', 'abort');

CREATE TABLE ledger.txn (
  id text COLLATE "C" PRIMARY KEY CHECK (length(id) = 30 AND left(id, 4) = 'txn_'),
  operation ledger.operation NOT NULL,
  request_hash text,
  kind text,
  reason text COLLATE "C",
  memo jsonb,
  legs jsonb NOT NULL,
  decision jsonb NOT NULL CHECK (decision->>'state' IN ('COMMITTED', 'REJECTED', 'ABORTED')),
  decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (operation = 'abort' OR (request_hash IS NOT NULL AND kind IS NOT NULL AND reason IS NOT NULL))
);

CREATE TABLE ledger.reversal (
  reversed text COLLATE "C" PRIMARY KEY REFERENCES ledger.txn,
  reversed_by text COLLATE "C" NOT NULL UNIQUE REFERENCES ledger.txn
);

-- The chain of an account: versions without a gap, each balance the one before plus the amount. Its guard looks the
-- account and the transaction up for all entries of a statement at once: foreign keys would do it one by one.
CREATE TABLE ledger.entry (
  account bigint NOT NULL,
  ver bigint NOT NULL CHECK (ver > 0),
  txn text COLLATE "C" NOT NULL,
  amount bigint NOT NULL CHECK (amount <> 0),
  bal bigint NOT NULL CHECK (bal >= 0),
  at timestamptz NOT NULL,
  PRIMARY KEY (account, ver)
);
CREATE INDEX entry_txn ON ledger.entry (txn);

CREATE TABLE ledger.system_entry (
  txn text COLLATE "C" NOT NULL,
  account text COLLATE "C" NOT NULL REFERENCES ledger.system_account,
  currency text COLLATE "C" NOT NULL REFERENCES ledger.currency,
  amount bigint NOT NULL CHECK (amount <> 0),
  at timestamptz NOT NULL,
  PRIMARY KEY (txn, account, currency)
);
CREATE INDEX system_entry_at ON ledger.system_entry USING brin (at);

CREATE TABLE ledger.hold (
  id text COLLATE "C" PRIMARY KEY REFERENCES ledger.txn,
  account bigint NOT NULL REFERENCES ledger.account,
  amount bigint NOT NULL CHECK (amount > 0),
  expires_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'POSTED', 'VOIDED', 'EXPIRED'))
);
CREATE INDEX hold_open ON ledger.hold (expires_at) WHERE state = 'OPEN';

-- Committed transactions that nobody has told of yet.
CREATE TABLE ledger.outbox (
  txn text COLLATE "C" PRIMARY KEY,
  at timestamptz NOT NULL
);
`;
