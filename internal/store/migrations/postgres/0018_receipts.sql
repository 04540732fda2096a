-- +goose Up
-- NODE-1: whether a change was committed is asked here when the answer to its COMMIT was lost. A void row says that it was not, and never will be.
CREATE TABLE receipt (
  at BIGINT NOT NULL,
  id BIGINT NOT NULL,
  void BIGINT NOT NULL CONSTRAINT receipt_void_known CHECK (void IN (0, 1)),
  CONSTRAINT receipt_once PRIMARY KEY (at, id)
);

-- NODE-5: the newest migration a program must know to work on this schema. One that only adds leaves it; one that changes or takes away
-- what programs use sets it to its own number, and programs that run and do not know it stop serving.
CREATE TABLE schema_bearing (
  key BIGINT PRIMARY KEY CONSTRAINT schema_bearing_one CHECK (key = 1),
  least BIGINT NOT NULL
);
INSERT INTO schema_bearing (key, least) VALUES (1, 18);
