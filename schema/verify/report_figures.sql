select 1 / (count(*) > 250)::integer from report.published_figures();
select 1 / has_function_privilege('maillage_app', 'report.published_figures()', 'execute')::integer;
