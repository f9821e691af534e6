select 'pass.standing_of(pass.pass, pass.span[], date, date, jsonb)'::regprocedure;
select valid_from, rules from pass.rule_period where false;
