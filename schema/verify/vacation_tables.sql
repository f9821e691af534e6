select version, warning_rules from vacation.convention where false;
select 1 / (count(*) = 19)::integer from vacation.rule;
