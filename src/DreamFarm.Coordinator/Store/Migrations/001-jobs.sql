-- Times: 100 ns since 1970, UTC. States: the numbers of JobState in jobs.proto.
CREATE TABLE jobs (
    number {identity},
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    -- NULL where the client made none.
    submission_id TEXT,
    state BIGINT NOT NULL,
    priority BIGINT NOT NULL,
    input_name TEXT NOT NULL,
    input_width BIGINT NOT NULL,
    input_height BIGINT NOT NULL,
    input_bits BIGINT NOT NULL,
    input_has_alpha BIGINT NOT NULL,
    output_width BIGINT NOT NULL,
    output_height BIGINT NOT NULL,
    submitted BIGINT NOT NULL,
    started BIGINT,
    finished BIGINT,
    problem TEXT NOT NULL,
    numerics_class TEXT NOT NULL,
    -- Messages of jobs.proto and spec.proto.
    spec {bytes} NOT NULL,
    progress {bytes},
    UNIQUE (owner, submission_id)
);

CREATE INDEX jobs_by_state ON jobs (state);

CREATE TABLE job_history (
    number {identity},
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    time BIGINT NOT NULL,
    state BIGINT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL
);

CREATE INDEX job_history_by_job ON job_history (job, number);

-- What counts against each owner's limits. A submission holds its owner's row, so that two at once cannot both pass.
CREATE TABLE owners (
    owner TEXT NOT NULL PRIMARY KEY,
    queued_jobs BIGINT NOT NULL,
    -- Canvases of unfinished jobs.
    unfinished_pixels BIGINT NOT NULL
);

-- One row: which store this is, so that a data folder is used with no other.
CREATE TABLE store_identity (id TEXT NOT NULL PRIMARY KEY);
