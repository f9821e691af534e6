select 1 / (count(*) = 1)::integer from engine.job where function_name::regproc = 'pass.purge_imports'::regproc;
