select * from network.member_at(engine.today()) where false;
