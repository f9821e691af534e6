select id from pass.close(engine.uuid_v7(), 1, '{}') where false;
