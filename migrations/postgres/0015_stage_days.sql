-- When a recognition reached each stage, beside where it stands now: where it stood on a past day is read from the same row.
ALTER TABLE standings ADD COLUMN began_on TEXT NOT NULL DEFAULT '';
ALTER TABLE standings ADD COLUMN nurtured_on TEXT;
ALTER TABLE standings ADD COLUMN applied_on TEXT;
ALTER TABLE standings ADD COLUMN approved_on TEXT;
ALTER TABLE standings ADD COLUMN construction_on TEXT;
ALTER TABLE standings ADD COLUMN recognised_on TEXT;
ALTER TABLE standings ADD COLUMN ended_on TEXT;

UPDATE standings SET
    began_on = COALESCE((SELECT MIN(stage_steps.on_date) FROM stage_steps WHERE stage_steps.recognition_id = standings.recognition_id AND superseded_at IS NULL), on_date),
    nurtured_on = (SELECT MIN(stage_steps.on_date) FROM stage_steps WHERE stage_steps.recognition_id = standings.recognition_id AND superseded_at IS NULL
        AND stage_steps.stage = 'nurtured'),
    applied_on = (SELECT MIN(stage_steps.on_date) FROM stage_steps WHERE stage_steps.recognition_id = standings.recognition_id AND superseded_at IS NULL
        AND stage_steps.stage = 'applied'),
    approved_on = (SELECT MIN(stage_steps.on_date) FROM stage_steps WHERE stage_steps.recognition_id = standings.recognition_id AND superseded_at IS NULL
        AND stage_steps.stage = 'approved'),
    construction_on = (SELECT MIN(stage_steps.on_date) FROM stage_steps WHERE stage_steps.recognition_id = standings.recognition_id AND superseded_at IS NULL
        AND stage_steps.stage = 'under-construction'),
    recognised_on = (SELECT MIN(stage_steps.on_date) FROM stage_steps WHERE stage_steps.recognition_id = standings.recognition_id AND superseded_at IS NULL
        AND stage_steps.stage = 'recognised'),
    ended_on = (SELECT MIN(stage_steps.on_date) FROM stage_steps WHERE stage_steps.recognition_id = standings.recognition_id AND superseded_at IS NULL
        AND stage_steps.stage IN ('not-approved', 'revoked', 'merged'));
