select network.holds_organisation(engine.uuid_v7());
select 1 / count(*) from pg_trigger where tgrelid = 'network.organisation'::regclass and tgname = 'organisation_20_guard';
