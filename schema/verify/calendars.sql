select 1 / (count(*) = 4)::integer from pg_tables where schemaname = 'calendar';
select * from calendar.events() where false;
