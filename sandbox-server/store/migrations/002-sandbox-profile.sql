-- What the sandbox's processes may do, for its life: driver.ts. All that were made before are of this one.
ALTER TABLE sandbox ADD COLUMN profile TEXT NOT NULL DEFAULT 'standard';
