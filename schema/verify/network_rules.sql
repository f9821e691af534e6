select 1 / (count(*) = 11)::integer from pg_trigger where tgname ~ '_90_version$';
select 1 / (network.grace_days(engine.today()) >= 0)::integer;
select 1 / network.is_covered(engine.uuid_v7())::integer;
