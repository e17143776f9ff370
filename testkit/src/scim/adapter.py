"""A user with an attribute that clients may know nothing of."""

from django_scim.adapters import SCIMUser


class User(SCIMUser):
    def to_dict(self):
        return super().to_dict() | {"nickName": self.obj.nick}

    def from_dict(self, d):
        super().from_dict(d)
        self.obj.nick = d.get("nickName") or ""
