select 1 / (count(distinct proname) = 14)::integer from pg_proc where pronamespace = 'vacation'::regnamespace and proname in (
    'take', 'set_state', 'refuse_failed', 'lock_people', 'propose_next', 'approve', 'cancel', 'close', 'submit', 'act', 'move_vouchers', 'store_actual', 'report', 'purge_identities');
