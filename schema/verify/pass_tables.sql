select id, member_id, ends_on, erase_after from pass.pass where false;
select 1 / (pass.outcome_category('EBE', 'CDI', null) = 'DURABLE')::integer;
