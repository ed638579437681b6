# An independent reading of YOLOX-nano with OpenCV's DNN. RTC_TEST_DATA=… /usr/bin/python3 yolox.py picture.jpg …
import os
import sys

import cv2
import numpy as np

net=cv2.dnn.readNetFromONNX(os.path.join(os.environ['RTC_TEST_DATA'], 'models/yolox_nano.onnx'))
def run(img,conf=.25,nms=.45):
    h,w=img.shape[:2]; r=min(416/h,416/w); nw,nh=round(w*r),round(h*r)
    x=np.full((416,416,3),114,np.uint8); x[:nh,:nw]=cv2.resize(img,(nw,nh),interpolation=cv2.INTER_LINEAR)
    net.setInput(x.astype(np.float32).transpose(2,0,1)[None]); o=net.forward()[0]
    g=[];s=[]
    for st in (8,16,32):
        n=416//st; yy,xx=np.mgrid[:n,:n]; g.append(np.stack([xx,yy],-1).reshape(-1,2)); s.append(np.full((n*n,1),st))
    g=np.concatenate(g); s=np.concatenate(s)
    c=(o[:,:2]+g)*s; wh=np.exp(o[:,2:4])*s; sc=o[:,4:5]*o[:,5:]; cl=sc.argmax(1); sc=sc.max(1)
    b=np.concatenate([c-wh/2,c+wh/2],1)/r; k=sc>=conf; b,cl,sc=b[k],cl[k],sc[k]
    out=[]
    for q in np.unique(cl):
        m=cl==q; bb=b[m]; ss=sc[m]; idx=cv2.dnn.NMSBoxes([[float(t[0]),float(t[1]),float(t[2]-t[0]),float(t[3]-t[1])] for t in bb],ss.tolist(),conf,nms)
        for i in np.array(idx).flatten(): out.append((int(q),float(ss[i]),*[float(v) for v in bb[i]]))
    out.sort(key=lambda t:-t[1]); return out
if __name__=='__main__':
    for f in sys.argv[1:]:
        for o in run(cv2.imread(f)): print(o[0],'%.3f %.1f %.1f %.1f %.1f'%o[1:])
