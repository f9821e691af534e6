select * from training.dated_setting where false;
select 'training.setting(text, date)'::regprocedure;
select id from training.person where false;
select id from training.trainer where false;
select id from training.course where false;
select id from training.programme where false;
select 'training.missing_public_information(training.course)'::regprocedure;
