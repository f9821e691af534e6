select 1 / (count(distinct line) = 7)::integer from report.line_kind where during @> date '2012-12-31';
select 1 / (count(distinct line) = 7)::integer from report.line_kind where during @> date '2023-12-31';
select 1 / (count(*) = 24 and count(value) = 22)::integer from report.workforce;
