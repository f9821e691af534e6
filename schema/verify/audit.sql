select 1 / (count(*) = 11)::integer from pg_trigger where tgfoid = 'audit.record_change()'::regprocedure;
