select 1 / (count(*) = 0)::integer from report.formula
where function_name is not null and to_regprocedure(function_name || '(report.published_figure)') is null;
select 1 / count(*) from report.published_figure where formula = 'BAND_AFTER';
