select 1 / (count(distinct proname) = 12)::integer from pg_proc where pronamespace = 'vacation'::regnamespace and proname in (
    'committed', 'left_for', 'normal_name', 'person_hash', 'aids', 'euros', 'late_reports', 'day', 'people_checks', 'stay_checks', 'budget_checks', 'checks');
