select 1 / (count(*) = 6)::integer from pg_trigger t join pg_class c on c.oid = t.tgrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'campaign' and t.tgname in ('campaign_10_guard', 'campaign_20_status', 'answer_10_guard', 'line_10_guard', 'line_20_guard_new',
    'line_60_touch');
