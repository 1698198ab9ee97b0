from tests.flow.desks import *
def test_x(office):
    office.deliver(ask_for_credit())
    print(office.poll())
    office.settle()
    print(office.case().status, office.waiting(), office.effects())
    assert find_problems(office) == []
def test_y(office):
    office.deliver(ask_for_big_credit())
    print(office.poll())
    office.settle()
    print(office.case().status, office.waiting(), office.decision().steps)
    assert 0
