select 1 / (count(distinct proname) = 7)::integer from pg_proc where pronamespace = 'vacation'::regnamespace and proname in (
    'state_today', 'actions', 'convention_totals', 'checks_json', 'visible_project', 'visible_convention', 'proposed_return');
