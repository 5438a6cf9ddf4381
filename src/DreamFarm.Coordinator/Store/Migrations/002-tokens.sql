-- A row stays when its token is revoked: a coordinator that has ever had a token asks everybody for one.
CREATE TABLE tokens (
    number {identity},
    id TEXT NOT NULL UNIQUE,
    -- SHA-256 of the token, lowercase hexadecimal. The token itself is nowhere.
    hash TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    -- Names separated by blanks.
    roles TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT,
    revoked BIGINT
);
