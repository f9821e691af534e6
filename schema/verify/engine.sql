select 1 / (substr(engine.uuid_v7()::text, 15, 1) = '7')::integer;
select 1 / (engine.today() between current_date - 1 and current_date + 1)::integer;
select name from engine.revision;
