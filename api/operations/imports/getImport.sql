-- The report as it was answered.
select r.id, r.version, r.report ->> 'state' as state, r.report ->> 'mode' as mode,
    r.report ->> 'on_conflict' as on_conflict, (r.report ->> 'dry_run')::boolean as dry_run,
    r.report -> 'summary' as summary, r.report -> 'rows' as rows, (r.report ->> 'truncated')::boolean as truncated,
    coalesce(r.report -> 'personal_columns', '[]') as personal_columns,
    coalesce(r.report -> 'ignored_columns', '[]') as ignored_columns,
    r.report ->> 'rejects' as rejects, r.created_at, r.updated_at,
    (r.report ->> 'finished_at')::timestamptz as finished_at
from engine.import_run r
where r.id = :id
