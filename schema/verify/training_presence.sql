select * from training.presence where false;
select 'training.keep_presence()'::regprocedure;
select 'training.attendance_unproved'::regclass;
