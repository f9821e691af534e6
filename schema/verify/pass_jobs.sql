select 1 / (count(*) = 2)::integer from engine.job where function_name::regproc in ('pass.erase_ended'::regproc, 'pass.fold_expiry_counts'::regproc);
