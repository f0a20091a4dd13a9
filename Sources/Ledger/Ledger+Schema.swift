import GRDB

extension Ledger {
  /// Says that an SQLite file is a ledger ("AlEd"), in its header.
  static let applicationID = 0x416C_4564
  /// Changes with the meaning of the tables.
  public static let formatVersion = 1

  /// A step never changes what earlier ones recorded, so that it can be taken back: where facts are taken out, batches get a new
  /// `revision` and the old one is marked.
  static func createTables(_ db: Database) throws {
    try db.execute(
      sql: """
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(formatVersion);
        CREATE TABLE base (path TEXT NOT NULL, fingerprint TEXT NOT NULL, compute_type TEXT NOT NULL) STRICT;
        CREATE TABLE base_tensor (
          name TEXT PRIMARY KEY, module TEXT NOT NULL, block INTEGER NOT NULL, dtype TEXT NOT NULL,
          shape TEXT NOT NULL, is_transposed INTEGER NOT NULL, sha256 TEXT NOT NULL) STRICT;
        CREATE TABLE base_bytes (
          tensor TEXT NOT NULL REFERENCES base_tensor, part INTEGER NOT NULL, bytes BLOB NOT NULL,
          PRIMARY KEY (tensor, part)) STRICT;
        CREATE TABLE run (
          id INTEGER PRIMARY KEY, time TEXT NOT NULL, author TEXT NOT NULL, record TEXT NOT NULL) STRICT;
        CREATE TABLE step (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run, kind TEXT NOT NULL) STRICT;
        CREATE TABLE weight (
          step INTEGER NOT NULL REFERENCES step, tensor TEXT NOT NULL REFERENCES base_tensor,
          sha256 TEXT NOT NULL, PRIMARY KEY (step, tensor)) STRICT;
        CREATE TABLE fact (
          id INTEGER PRIMARY KEY, step INTEGER NOT NULL REFERENCES step, position INTEGER NOT NULL,
          name TEXT NOT NULL, source TEXT, subject TEXT NOT NULL, prompt TEXT NOT NULL, target TEXT NOT NULL,
          former TEXT, relation TEXT, said_before INTEGER NOT NULL, target_before REAL NOT NULL, former_before REAL,
          said_after INTEGER NOT NULL, target_after REAL NOT NULL, former_after REAL, target_value BLOB,
          removed_by INTEGER REFERENCES step, replaced_by INTEGER REFERENCES fact, UNIQUE (step, position)) STRICT;
        CREATE TABLE batch_keys (
          step INTEGER NOT NULL REFERENCES step, block INTEGER NOT NULL, rows INTEGER NOT NULL,
          columns INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (step, block)) STRICT;
        CREATE TABLE revision (
          id INTEGER PRIMARY KEY, batch INTEGER NOT NULL REFERENCES step, made_by INTEGER NOT NULL REFERENCES step,
          superseded_by INTEGER REFERENCES step) STRICT;
        CREATE TABLE delta (
          revision INTEGER NOT NULL REFERENCES revision, place INTEGER NOT NULL, block INTEGER NOT NULL,
          outputs INTEGER NOT NULL, inputs INTEGER NOT NULL, rank INTEGER NOT NULL, left_factor BLOB NOT NULL,
          right_factor BLOB NOT NULL, PRIMARY KEY (revision, place)) STRICT;
        """)
  }
}
