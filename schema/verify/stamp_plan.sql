select 'engine.stamp()'::regprocedure;
