select 'training.statistics(integer, text)'::regprocedure;
