select * from training.group_account where false;
select id from training.group_account_entry where false;
select 'training.post_entry()'::regprocedure;
select 'training.never_changed()'::regprocedure;
select id from training.invoice where false;
select 'training.guard_credit()'::regprocedure;
select id from training.declaration where false;
select 'training.declaration_kept()'::regprocedure;
