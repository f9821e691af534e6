select 1 / count(*) from pg_trigger where tgname = 'pass_history';
