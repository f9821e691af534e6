select 'training.is_office()'::regprocedure;
select 'training.organises(uuid)'::regprocedure;
select 'training.sees_enrolment(uuid, uuid)'::regprocedure;
select 'training.sees_person(uuid)'::regprocedure;
