select named_from, seats_named, person_changes from training.enrolment where false;
select * from training.trainees where false;
select 'training.name_seat(uuid, jsonb)'::regprocedure;
select 'training.replace_trainee(uuid, bigint, jsonb)'::regprocedure;
select 'training.update_trainee(uuid, bigint, jsonb)'::regprocedure;
