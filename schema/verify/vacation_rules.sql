select 1 / (count(distinct proname) = 5)::integer from pg_proc where pronamespace = 'vacation'::regnamespace and proname in (
    'keep_envelope', 'spending', 'keep_vouchers', 'keep_contents', 'may_see');
