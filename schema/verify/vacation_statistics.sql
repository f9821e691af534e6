select 1 / (count(distinct proname) = 5)::integer from pg_proc where pronamespace = 'vacation'::regnamespace and proname in (
    'counted', 'figures_of', 'groups', 'statistics', 'published');
